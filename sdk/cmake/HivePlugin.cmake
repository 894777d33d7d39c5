# hive_add_plugin(NAME SOURCES... [LIBRARIES ...] [NOT_INSTALLED])
#
# Builds the plugin NAME as a static core `NAME_core` of SOURCES (what unit tests link) and a module
# `NAME.so` of that core plus entry.cpp, which holds the HIVE_PLUGIN line. The module exports one symbol.
# `NAME.toml`, its manifest, is written beside it from the descriptor in the built file.
# A core without sources is allowed: the module is then entry.cpp alone. Both files are installed where
# the host looks for plugins, unless NOT_INSTALLED says that it is for tests alone; the global property
# HIVE_INSTALLED_PLUGINS has the names of those that are.
get_filename_component(HIVE_PLUGIN_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/plugin-exports.map ABSOLUTE)

function(hive_add_plugin name)
  cmake_parse_arguments(arg "NOT_INSTALLED" "" "LIBRARIES" ${ARGN})
  add_library(${name} MODULE entry.cpp)
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON CXX_STANDARD 20
    CXX_EXTENSIONS OFF)
  if(HIVE_PLUGIN_DIR)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${HIVE_PLUGIN_DIR})
  endif()
  target_link_libraries(${name} PRIVATE hive::sdk ${arg_LIBRARIES})
  target_link_options(${name} PRIVATE -Wl,-z,nodelete -Wl,--version-script=${HIVE_PLUGIN_EXPORTS})
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${HIVE_PLUGIN_EXPORTS})
  if(arg_UNPARSED_ARGUMENTS)
    add_library(${name}_core STATIC ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name}_core PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${name}_core PUBLIC hive::sdk ${arg_LIBRARIES})
    set_target_properties(${name}_core PROPERTIES
      POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
      CXX_STANDARD 20 CXX_EXTENSIONS OFF)
    target_link_libraries(${name} PRIVATE ${name}_core)
  endif()
  if(COMMAND hive_precompile)  # not where a plugin is built by itself
    hive_precompile(${name} hive_precompiled)
    if(TARGET ${name}_core)
      hive_precompile(${name}_core hive_precompiled)
    endif()
  endif()
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND hive::plugin-manifest $<TARGET_FILE:${name}> COMMENT "Manifest of ${name}" VERBATIM)
  if(NOT arg_NOT_INSTALLED)
    set_property(GLOBAL APPEND PROPERTY HIVE_INSTALLED_PLUGINS ${name})
    install(TARGETS ${name} LIBRARY DESTINATION lib/hyperhive/plugins)
    install(FILES $<TARGET_FILE_DIR:${name}>/${name}.toml DESTINATION lib/hyperhive/plugins)
  endif()
endfunction()
