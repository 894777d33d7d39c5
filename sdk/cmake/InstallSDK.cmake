# What a plugin author gets: headers, libraries, hive_add_plugin(), the template.
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
install(FILES cmake/HyperhiveSDKConfig.cmake cmake/HivePlugin.cmake cmake/plugin-exports.map
        ${CMAKE_CURRENT_BINARY_DIR}/HyperhiveSDKConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT sdk)

# `plugin new` finds the template beside the program, in a build tree and installed alike.
install(DIRECTORY template DESTINATION share/hyperhive COMPONENT sdk)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/hyperhive)
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/template ${CMAKE_BINARY_DIR}/share/hyperhive/template SYMBOLIC)
