# Compiler rules of the whole project. A plugin outside it uses HivePlugin.cmake alone.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(HIVE_PLUGIN_DIR ${CMAKE_BINARY_DIR}/lib/hyperhive/plugins)

set(HIVE_SANITIZE "" CACHE STRING "address,undefined or thread; empty for none")
option(HIVE_WERROR "Warnings are errors" ON)

# g++ 12 takes the members of an inactive alternative of a std::variant for uninitialised ones, and a std::string's own
# buffer for smaller than what is put before a constant (GCC bug 105329).
add_compile_options(-Wall -Wextra -Wshadow -Wno-missing-field-initializers
                    "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-restrict>" $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
if(HIVE_WERROR)
  add_compile_options(-Werror)
endif()
if(HIVE_SANITIZE)
  add_compile_options(-fsanitize=${HIVE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all $<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
  add_link_options(-fsanitize=${HIVE_SANITIZE})
endif()
find_program(HIVE_MOLD mold)
if(HIVE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(Threads REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBGIT2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
enable_testing()
