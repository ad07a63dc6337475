# What is not about memory or speed runs in one build.
set(BACKPOL_ONCE OFF)
if(NOT BACKPOL_SANITIZE AND NOT BACKPOL_COVERAGE AND CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(BACKPOL_ONCE ON)
endif()

# Tests over the whole program: every folder testdata/*/* that holds a `cmd` is one, named by its folder.
if(TARGET backpol)
  file(GLOB cases CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/testdata ${CMAKE_SOURCE_DIR}/testdata/*/*/cmd)
  foreach(case ${cases})
    get_filename_component(folder ${case} DIRECTORY)
    add_test(NAME ${folder} COMMAND ${CMAKE_SOURCE_DIR}/tools/run_case ${CMAKE_SOURCE_DIR}/testdata/${folder})
    set_tests_properties(${folder} PROPERTIES ENVIRONMENT "BACKPOL=$<TARGET_FILE:backpol>" TIMEOUT 120)
  endforeach()

  find_package(Python3 COMPONENTS Interpreter)
  if(Python3_FOUND)
    # Ten policies on each of 2,000 OUs, within 128 MiB; a sanitizer's own memory would count.
    if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT BACKPOL_SANITIZE)
      foreach(shape distinct same)
        add_test(NAME performance/memory-${shape} COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tools/performance/memory_of_check.py
                 $<TARGET_FILE:backpol> 128 --shape ${shape})
        set_tests_properties(performance/memory-${shape} PROPERTIES TIMEOUT 300)
      endforeach()
    endif()

    # Valid projects, at which no rule says anything from a warning up; one in ten where the program is slow.
    set(projects 22)
    if(BACKPOL_ONCE)
      set(projects 220)
    endif()
    add_test(NAME quiet/generated COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tools/quiet_corpus/check.py $<TARGET_FILE:backpol> --count ${projects})
    set_tests_properties(quiet/generated PROPERTIES TIMEOUT 300)
    # Programs that look at pages and cases: one build is enough.
    if(BACKPOL_ONCE)
      foreach(check explanations silent_failures every_rule_can_be_suppressed)
        add_test(NAME tools/${check} COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tools/${check})
        set_tests_properties(tools/${check} PROPERTIES ENVIRONMENT "BACKPOL=$<TARGET_FILE:backpol>" TIMEOUT 600)
      endforeach()
    endif()
  endif()

  # Tables, pages and folders that must agree.
  foreach(check coverage_of_rules layers)
    if(EXISTS ${CMAKE_SOURCE_DIR}/tools/${check})
      add_test(NAME tools/${check} COMMAND ${CMAKE_SOURCE_DIR}/tools/${check} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
      set_tests_properties(tools/${check} PROPERTIES ENVIRONMENT "BACKPOL=$<TARGET_FILE:backpol>")
    endif()
  endforeach()
  add_test(NAME tools/tsv_rows COMMAND ${CMAKE_SOURCE_DIR}/tools/tables/tsv_rows_test $<TARGET_FILE:tsv_rows>)
  foreach(page README compiler/cli/docs/adopting compiler/cli/docs/findings)
    get_filename_component(name ${page} NAME)
    add_test(NAME docs/screens/${name} COMMAND ${CMAKE_SOURCE_DIR}/tools/screens ${CMAKE_SOURCE_DIR}/${page}.md)
    set_tests_properties(docs/screens/${name} PROPERTIES ENVIRONMENT "BACKPOL=$<TARGET_FILE:backpol>" TIMEOUT 120)
  endforeach()
  # A script and a stub.
  if(BACKPOL_ONCE)
    add_test(NAME tools/collect-inventory COMMAND ${CMAKE_SOURCE_DIR}/tools/collecting/check)
    set_tests_properties(tools/collect-inventory PROPERTIES ENVIRONMENT "BACKPOL=$<TARGET_FILE:backpol>" TIMEOUT 300)
  endif()
  add_test(NAME docs/reference COMMAND ${CMAKE_SOURCE_DIR}/tools/same_page ${CMAKE_BINARY_DIR}/compiler/policy/reference.md
           ${CMAKE_SOURCE_DIR}/compiler/policy/docs/reference.md)
  add_test(NAME docs/rules COMMAND ${CMAKE_SOURCE_DIR}/tools/same_page ${CMAKE_BINARY_DIR}/compiler/checks/README.md
           ${CMAKE_SOURCE_DIR}/compiler/checks/docs/README.md)
endif()
