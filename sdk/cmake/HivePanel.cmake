# hive_add_panel(PLUGIN FILE): what the plugin shows on the dashboard, an ES module that exports `panels`
# and `start` (sdk/web/src/shell/registry.ts). Built with the pages, which share its libraries.
define_property(GLOBAL PROPERTY HIVE_PANELS BRIEF_DOCS "PLUGIN=FILE of each panel")

function(hive_add_panel plugin file)
  set_property(GLOBAL APPEND PROPERTY HIVE_PANELS ${plugin}=${CMAKE_CURRENT_SOURCE_DIR}/${file})
endfunction()
