# pellucid_install(library tool [prefix]): where the library and the tool are put, how they find each other and ONNX
# Runtime, and the package that finds the library. With a prefix the components are `<prefix>tool` and
# `<prefix>development`, which only --component installs.
function(pellucid_install library tool)
  set(prefix "${ARGV2}")
  set(aside "")
  if(prefix)
    set(aside EXCLUDE_FROM_ALL)
  endif()
  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pellucid)
  file(RELATIVE_PATH lib_from_bin "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
  set_target_properties(${tool} PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}/pellucid;$ORIGIN/${lib_from_bin}")
  # Without DEFINE_SYMBOL both kinds of library are made of the same objects.
  set_target_properties(${library} PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} DEFINE_SYMBOL ""
    INSTALL_RPATH "$ORIGIN/pellucid")
  get_target_property(library_type ${library} TYPE)
  # A shared library shows its own names, not those of what is linked into it.
  if(library_type STREQUAL "SHARED_LIBRARY" AND NOT APPLE)
    set(names ${PROJECT_SOURCE_DIR}/cmake/pellucid.map)
    target_link_options(${library} PRIVATE "LINKER:--version-script=${names}")
    set_property(TARGET ${library} APPEND PROPERTY LINK_DEPENDS ${names})
  endif()

  install(TARGETS ${tool} COMPONENT ${prefix}tool ${aside})
  install(TARGETS ${library} EXPORT ${prefix}pellucid
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${prefix}development ${aside}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${prefix}tool NAMELINK_COMPONENT ${prefix}development ${aside})
  install(EXPORT ${prefix}pellucid NAMESPACE pellucid:: DESTINATION ${package_dir} FILE pellucidTargets.cmake
    COMPONENT ${prefix}development ${aside})

  # A shared library holds the tokenizers already; a static one's users link them.
  if(PELLUCID_HAS_TOKENIZERS AND library_type STREQUAL "STATIC_LIBRARY")
    install(FILES ${PELLUCID_TOKENIZERS_ARCHIVE} DESTINATION ${private_lib_dir} COMPONENT ${prefix}development ${aside})
  endif()
  set(PELLUCID_TOKENIZERS_LIBRARY ${private_lib_dir}/libpellucid_tokenizers.a)
  set(made ${PROJECT_BINARY_DIR}/${prefix}package)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pellucidConfig.cmake.in ${made}/pellucidConfig.cmake
    INSTALL_DESTINATION ${package_dir} PATH_VARS PELLUCID_ORT_LIBRARY PELLUCID_TOKENIZERS_LIBRARY)
  write_basic_package_version_file(${made}/pellucidConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${made}/pellucidConfig.cmake ${made}/pellucidConfigVersion.cmake DESTINATION ${package_dir}
    COMPONENT ${prefix}development ${aside})
endfunction()
