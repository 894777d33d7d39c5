# Makes contract_list.hpp: every method and event that a contract header declares, so that a new role is listed nowhere by
# hand. What an agent's own socket answers (page.hpp) is no method of the host.
set(contracts ${CMAKE_SOURCE_DIR}/sdk/include/hive/sdk/contracts)
file(GLOB headers CONFIGURE_DEPENDS ${contracts}/*.hpp)
list(REMOVE_ITEM headers ${contracts}/page.hpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})

set(includes "")
set(Method "")
set(Event "")
foreach(header IN LISTS headers)
  file(READ ${header} text)
  string(REGEX MATCHALL "namespace hive::[a-z_]+ {" spaces "${text}")
  list(POP_BACK spaces space)
  string(REGEX REPLACE "namespace (.*) {" "\\1" space "${space}")
  string(REGEX MATCHALL "inline constexpr (Method|Event)<[^;{]*> k[A-Za-z]+{" declared "${text}")
  if(declared)
    get_filename_component(name ${header} NAME)
    string(APPEND includes "#include <hive/sdk/contracts/${name}>\n")
  endif()
  foreach(one IN LISTS declared)
    string(REGEX MATCH "constexpr (Method|Event)" kind "${one}")
    set(kind ${CMAKE_MATCH_1})
    string(REGEX MATCH "(k[A-Za-z]+){$" constant "${one}")
    string(APPEND ${kind} "  take(${space}::${CMAKE_MATCH_1});\n")
  endforeach()
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/contract_list.hpp @ONLY CONTENT [[
#pragma once
@includes@
namespace hive::host {

/// Calls `take` with each method of the contracts.
template <class Take>
void each_method(Take take) {
@Method@}

/// Calls `take` with each event of the contracts.
template <class Take>
void each_event(Take take) {
@Event@}

}  // namespace hive::host
]])
