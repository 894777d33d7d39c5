# What nearly every source includes is read once. Two targets hold it, because g++ takes a precompiled header only for the
# same kind of position independence: hive_precompiled for libraries, hive_test_precompiled for tests, with GoogleTest.
# OFF shows that every source includes what it uses.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(HIVE_PRECOMPILE_BY_DEFAULT ON)
endif()
option(HIVE_PRECOMPILE "Headers of the SDK and of GoogleTest are compiled once for all" ${HIVE_PRECOMPILE_BY_DEFAULT})
set(HIVE_PRECOMPILE_LAUNCHER ${CMAKE_CURRENT_LIST_DIR}/precompile.sh)

# hive_add_precompiled(NAME OBJECT|EXECUTABLE LIBRARIES [HEADERS...]): the target NAME, which holds the SDK's headers and
# HEADERS compiled for the objects of libraries or of programs, as the users of LIBRARIES see them.
function(hive_add_precompiled name kind libraries)
  if(NOT HIVE_PRECOMPILE)
    return()
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "int main() { return 0; }\n")
  if(kind STREQUAL "OBJECT")
    add_library(${name} OBJECT EXCLUDE_FROM_ALL ${source})
  else()
    add_executable(${name} EXCLUDE_FROM_ALL ${source})
  endif()
  set_target_properties(${name} PROPERTIES CXX_COMPILER_LAUNCHER ${HIVE_PRECOMPILE_LAUNCHER})
  target_link_libraries(${name} PRIVATE ${libraries})
  target_precompile_headers(${name} PRIVATE ${ARGN} <hive/sdk/host.hpp> <algorithm> <filesystem> <functional> <map> <set>)
endfunction()

# hive_precompile(TARGET FROM): the target's sources begin with what FROM has compiled.
function(hive_precompile target from)
  if(HIVE_PRECOMPILE AND TARGET ${from})
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()
