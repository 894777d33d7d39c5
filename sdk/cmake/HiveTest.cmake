# hive_add_test(NAME SOURCES... [LIBRARIES ...] [LABELS ...] [TIMEOUT seconds] [THREADS] [WITHOUT_SDK])
#
# One GoogleTest binary of the project's own, registered with CTest. LABELS: the kinds that
# `./hive test KIND` selects (HIVE_TEST_KINDS); default unit. The sources find HIVE_BINARY_DIR, HIVE_SOURCE_DIR
# and HIVE_NPM_BIN, the folder of the pinned programs `claude` and `node`, which `./hive install`
# fills. THREADS: under ThreadSanitizer, which is for no other, it is of the kind threads. WITHOUT_SDK:
# it links nothing that uses the SDK, whose precompiled header would not fit. A release build makes tests only on
# request: targets tests/all and hive_tests, or hive_tests_KIND.
find_package(GTest REQUIRED)
include(GoogleTest)

set(HIVE_NPM_BIN ${CMAKE_SOURCE_DIR}/build/npm/bin)
set(HIVE_TEST_KINDS unit contract integration turn browser crash mcp abi check bench threads)
add_custom_target(hive_tests)
foreach(kind IN LISTS HIVE_TEST_KINDS)
  add_custom_target(hive_tests_${kind})
  add_dependencies(hive_tests hive_tests_${kind})
endforeach()

function(hive_add_test name)
  cmake_parse_arguments(arg "THREADS;WITHOUT_SDK" "TIMEOUT" "LIBRARIES;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(environment)
  if(arg_THREADS AND HIVE_SANITIZE STREQUAL "thread")
    set(arg_LABELS threads)
    # What it cannot see into, like Pistache, would look like a race to it.
    set(environment ENVIRONMENT TSAN_OPTIONS=ignore_noninstrumented_modules=1)
  endif()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  if(NOT arg_WITHOUT_SDK)
    hive_precompile(${name} hive_test_precompiled)
  endif()
  target_compile_definitions(${name} PRIVATE
    HIVE_BINARY_DIR="${CMAKE_BINARY_DIR}" HIVE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    HIVE_NPM_BIN="${HIVE_NPM_BIN}")
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  foreach(kind IN LISTS arg_LABELS)
    if(NOT kind IN_LIST HIVE_TEST_KINDS)
      message(FATAL_ERROR "${name}: there is no kind of test ${kind}; it is one of ${HIVE_TEST_KINDS}")
    endif()
    add_dependencies(hive_tests_${kind} ${name})
  endforeach()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} ${environment})
endfunction()
