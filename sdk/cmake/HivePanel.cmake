# hive_add_panel(PLUGIN FILE): what the plugin shows on the dashboard, an ES module that exports `panels` and `start`
# (share/hyperhive/kit/src/shell/registry.ts). Built beside the plugin as panel-PLUGIN.js and installed with it. Out of the
# project its types are checked too, against what the built plugin gives the page.
#
# HIVE_NODE: node, 22 or later. In the project it is the pinned one, elsewhere that of PATH.
if(NOT HIVE_WEB_KIT)
  get_filename_component(HIVE_WEB_KIT ${CMAKE_CURRENT_LIST_DIR}/../web ABSOLUTE)
endif()
define_property(GLOBAL PROPERTY HIVE_PANELS BRIEF_DOCS "plugins that have a panel")

function(hive_add_panel plugin file)
  find_program(HIVE_NODE node HINTS ${HIVE_NPM_BIN} REQUIRED)
  get_target_property(folder ${plugin} LIBRARY_OUTPUT_DIRECTORY)
  if(NOT folder)
    set(folder ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(module ${folder}/panel-${plugin}.js)
  set(depfile ${CMAKE_CURRENT_BINARY_DIR}/panel-${plugin}.d)
  if(NOT TARGET hive-c0re)
    set(checked --plugin $<TARGET_FILE:${plugin}> --host ${HIVE_C0RE})
    set(what_is_checked ${plugin})
  endif()
  add_custom_command(OUTPUT ${module}
    COMMAND ${HIVE_NODE} ${HIVE_WEB_KIT}/panel.mjs --out ${module} --depfile ${depfile} ${checked} ${source}
    DEPENDS ${source} ${HIVE_WEB_KIT}/panel.mjs ${HIVE_WEB_KIT}/kit.mjs ${what_is_checked}
    DEPFILE ${depfile} COMMENT "Panel of ${plugin}" VERBATIM)
  add_custom_target(${plugin}_panel ALL DEPENDS ${module})
  install(FILES ${module} DESTINATION lib/hyperhive/plugins)
  set_property(GLOBAL APPEND PROPERTY HIVE_PANELS ${plugin})
endfunction()
