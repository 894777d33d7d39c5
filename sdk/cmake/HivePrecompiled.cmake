# What nearly every source includes is read once. Two targets hold it, because g++ takes a precompiled header only for the
# same kind of position independence: hive_precompiled for libraries, hive_test_precompiled for tests, with GoogleTest.
# OFF shows that every source includes what it uses.
option(HIVE_PRECOMPILE "Headers of the SDK and of GoogleTest are compiled once for all" ON)

# hive_precompile(TARGET FROM): the target's sources begin with what FROM has compiled.
function(hive_precompile target from)
  if(HIVE_PRECOMPILE AND TARGET ${from})
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()
