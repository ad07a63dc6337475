/*
 * Random changes of a corpus against the laws of fuzz.h, for a number of rounds or of seconds.
 *
 * A round depends on the seed and its number alone. Rounds run in a child process, so that a crash
 * or a hang is told with its round, which --first N --count 1 repeats.
 */
#include "tools/fuzz/fuzz.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUND_SECONDS = 60, FAILURES_MAX = 10 };

static const char usage[] =
    "usage: mutations [--count N] [--seconds N] [--seed N] [--first N] [--show] FOLDER…\n"
    "Changes the .bpol, .json and .tsv texts of folders at random and holds what must hold "
    "against\n"
    "them, until N rounds or N seconds are over. --show prints the text of each round.\n"
    "Exit status 0 when all held, 1 when something did not, 2 for wrong use.\n";

typedef struct work {
    fuzz_corpus corpus;
    uint64_t count; /* 0: no end */
    uint64_t seconds;
    uint64_t seed;
    uint64_t first;
    bool show;
    FILE *progress; /* the number of the round, for the parent */
} work;

static uint64_t
now(void)
{
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec;
}

/* Reads "--name N"; false if the argument is another one. */
static bool
read_number(char **argv, const char *name, uint64_t *number)
{
    char *end = NULL;
    if (strcmp(argv[0], name) != 0) {
        return false;
    }
    errno = 0;
    *number = argv[1] == NULL ? 0 : strtoull(argv[1], &end, 10);
    if (end == NULL || end == argv[1] || *end != '\0' || errno != 0) {
        fputs(usage, stderr);
        exit(2);
    }
    return true;
}

static bool
read_arguments(work *all, char **argv)
{
    bool folders = false;
    for (; argv[0] != NULL; argv++) {
        if (read_number(argv, "--count", &all->count) ||
            read_number(argv, "--seconds", &all->seconds) ||
            read_number(argv, "--seed", &all->seed) || read_number(argv, "--first", &all->first)) {
            argv++;
        } else if (strcmp(argv[0], "--show") == 0) {
            all->show = true;
        } else if (argv[0][0] == '-') {
            return false;
        } else if (!fuzz_corpus_add(&all->corpus, argv[0])) {
            exit(2);
        } else {
            folders = true;
        }
    }
    return folders && (all->count > 0 || all->seconds > 0);
}

/* The texts of one round: a policy of the language, then a document, in turns. */
static void
run_round(const work *all, uint64_t round, fuzz_trial *trial)
{
    fuzz_random random = fuzz_random_start(all->seed, round);
    const fuzz_text *texts = all->corpus.policies.at;
    size_t count = all->corpus.policies.count;
    bool document = count == 0 || (all->corpus.documents.count > 0 && round % 2 == 1);
    if (document) {
        texts = all->corpus.documents.at;
        count = all->corpus.documents.count;
    }
    const fuzz_text *text = &texts[fuzz_dice(&random, count)];
    const fuzz_text *other = &texts[fuzz_dice(&random, count)];
    bp_str changed = fuzz_mutate(trial->arena, &random, text, other);
    /* of exactly its size, so that sanitizers see a read behind it */
    char *copy = malloc(changed.size == 0 ? 1 : changed.size);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, changed.at, changed.size);
    bp_arena_defer(trial->arena, free, copy);
    trial->text = (bp_str){copy, changed.size};
    if (all->show) {
        printf("---- round %" PRIu64 ", from %.*s\n%.*s\n", round, BP_ARG(text->path),
               BP_ARG(changed));
        fflush(stdout);
    }
    if (document) {
        fuzz_document(trial);
    } else {
        fuzz_policy(trial);
    }
}

static void
tell_progress(const work *all, uint64_t round)
{
    rewind(all->progress);
    fwrite(&round, sizeof round, 1, all->progress);
    fflush(all->progress);
    alarm(ROUND_SECONDS);
}

/* All rounds, in the child. Gives the exit status. */
static int
run_rounds(const work *all)
{
    uint64_t start = now();
    uint64_t whole = 0;
    uint64_t rounds = 0;
    int failures = 0;
    while ((all->count == 0 || rounds < all->count) &&
           (all->seconds == 0 || now() - start < all->seconds) && failures < FAILURES_MAX) {
        uint64_t round = all->first + rounds++;
        bp_arena *arena = bp_arena_new(NULL);
        if (arena == NULL) {
            abort();
        }
        fuzz_trial trial = {.arena = arena, .detail = {.arena = arena}};
        tell_progress(all, round);
        run_round(all, round, &trial);
        whole += trial.whole;
        if (trial.broken != NULL) {
            failures++;
            printf("FAIL round %" PRIu64 ": %s\n---- text\n%.*s\n%.*s\n", round, trial.broken,
                   BP_ARG(trial.text), BP_ARG(bp_buf_text(&trial.detail)));
        }
        bp_arena_free(arena);
    }
    printf("%" PRIu64 " rounds of seed %" PRIu64 " from %" PRIu64 " in %" PRIu64 " s: %" PRIu64
           " texts whole, %d failed\n",
           rounds, all->seed, all->first, now() - start, whole, failures);
    return failures > 0 ? 1 : 0;
}

static int
run_in_child(const work *all)
{
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        perror("mutations: fork");
        return 2;
    }
    if (child == 0) {
        int code = run_rounds(all);
        bp_arena_free(all->corpus.arena);
        exit(code);
    }
    int status = 0;
    if (waitpid(child, &status, 0) < 0) {
        perror("mutations: waitpid");
        return 2;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) <= 1) {
        return WEXITSTATUS(status);
    }
    uint64_t round = 0;
    rewind(all->progress);
    if (fread(&round, sizeof round, 1, all->progress) == 1) {
        bool hang = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
        printf("FAIL round %" PRIu64 " of seed %" PRIu64 ": %s; repeat with --first %" PRIu64
               " --count 1 --show\n",
               round, all->seed, hang ? "it does not end" : "the process died", round);
    }
    return 1;
}

int
main(int argc, char **argv)
{
    work all = {.seed = 1, .corpus = {.arena = bp_arena_new(NULL)}, .progress = tmpfile()};
    if (all.corpus.arena == NULL || all.progress == NULL || argc < 1 ||
        !read_arguments(&all, argv + 1) ||
        all.corpus.policies.count + all.corpus.documents.count == 0) {
        fputs(usage, stderr);
        return 2;
    }
    int code = run_in_child(&all);
    fclose(all.progress);
    bp_arena_free(all.corpus.arena);
    return code;
}
