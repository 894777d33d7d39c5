# What a plugin author gets: headers, libraries, hive_add_plugin(), hive_add_panel(), the template, the guide, and the
# program that writes and checks a plugin and tells its types.
# `cmake --install BUILD --component sdk --prefix PREFIX`
include(CMakePackageConfigHelpers)
set(package_dir lib/cmake/HyperhiveSDK)

install(TARGETS hive_sdk hive_testing hive-plugin-manifest EXPORT HyperhiveSDKTargets COMPONENT sdk
        RUNTIME DESTINATION libexec/hyperhive ARCHIVE DESTINATION lib)
install(EXPORT HyperhiveSDKTargets NAMESPACE hive:: DESTINATION ${package_dir} COMPONENT sdk)
# In an export of its own, so that only a plugin with a store needs SQLite.
install(TARGETS hive_sqlite EXPORT HyperhiveSDKSqliteTargets COMPONENT sdk ARCHIVE DESTINATION lib)
install(EXPORT HyperhiveSDKSqliteTargets NAMESPACE hive:: DESTINATION ${package_dir} COMPONENT sdk)
install(DIRECTORY include/hive testing/include/hive support/sqlite/include/hive DESTINATION include COMPONENT sdk)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/HyperhiveSDKConfigVersion.cmake
                                 COMPATIBILITY SameMajorVersion)
install(FILES cmake/HyperhiveSDKConfig.cmake cmake/HivePanel.cmake cmake/HivePlugin.cmake cmake/plugin-exports.map
        ${CMAKE_CURRENT_BINARY_DIR}/HyperhiveSDKConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT sdk)

install(PROGRAMS $<TARGET_FILE:hive-c0re> DESTINATION bin COMPONENT sdk)

# The kit of a panel: what it is typed by, and what builds it. Its modules are those that the pages are built with.
set(kit share/hyperhive/kit)
set(modules ${CMAKE_SOURCE_DIR}/build/npm/node_modules)
install(FILES web/kit.mjs web/panel.mjs web/tsconfig.json DESTINATION ${kit} COMPONENT sdk)
install(DIRECTORY web/src DESTINATION ${kit} COMPONENT sdk
        FILES_MATCHING PATTERN "*.ts" PATTERN "*.tsx" PATTERN "*.test.*" EXCLUDE PATTERN "testing*" EXCLUDE)
install(DIRECTORY ${modules}/preact ${modules}/marked ${modules}/dompurify ${modules}/esbuild ${modules}/@esbuild ${modules}/typescript
        DESTINATION ${kit}/node_modules COMPONENT sdk USE_SOURCE_PERMISSIONS)
install(DIRECTORY ${modules}/@preact/signals ${modules}/@preact/signals-core
        DESTINATION ${kit}/node_modules/@preact COMPONENT sdk)

# The guide for authors (writing-a-plugin.md) and the reference that it points to.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/ DESTINATION share/doc/hyperhive COMPONENT sdk)

# `plugin new` finds the template beside the program, in a build tree and installed alike.
install(DIRECTORY template DESTINATION share/hyperhive COMPONENT sdk)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/hyperhive)
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/template ${CMAKE_BINARY_DIR}/share/hyperhive/template SYMBOLIC)
