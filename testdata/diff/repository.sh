# For the cases here: a repository of the example in the folder at hand, one commit, the same wherever it is made.
GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com
GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
GIT_AUTHOR_DATE=2026-11-02T00:00:00Z GIT_COMMITTER_DATE=2026-11-02T00:00:00Z
export GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
diff_of() { backpol diff --as-of 2026-11-02 "$@" | sed '1s/([0-9a-f]\{12\})/(COMMIT)/g; s/"[0-9a-f]\{40\}"/"COMMIT"/'; }
