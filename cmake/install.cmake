# cmake --install: the library with its headers and CMake package, the command line tool, the demonstration models,
# and ONNX Runtime where it came from the cache.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pellucid)
set(private_lib_dir ${CMAKE_INSTALL_LIBDIR}/pellucid)

set_target_properties(pellucid PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  INSTALL_RPATH "$ORIGIN/pellucid")
file(RELATIVE_PATH lib_from_bin "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
set_target_properties(pellucid_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}/pellucid;$ORIGIN/${lib_from_bin}")

install(TARGETS pellucid EXPORT pellucid)
install(TARGETS pellucid_cli)
install(DIRECTORY include/pellucid DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY demo DESTINATION ${CMAKE_INSTALL_DATADIR}/pellucid)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT pellucid NAMESPACE pellucid:: DESTINATION ${package_dir} FILE pellucidTargets.cmake)

set(PELLUCID_ORT_LIBRARY "")
if(PELLUCID_BUNDLES_ONNXRUNTIME)
  file(REAL_PATH "${ort_library}" ort_file)
  get_filename_component(ort_name "${ort_file}" NAME)
  get_filename_component(ort_dir "${ort_file}" DIRECTORY)
  install(FILES "${ort_file}" "${ort_dir}/libonnxruntime.so.1" DESTINATION ${private_lib_dir})
  install(FILES "${PELLUCID_CACHE}/onnxruntime/LICENSE" "${PELLUCID_CACHE}/onnxruntime/ThirdPartyNotices.txt"
          DESTINATION ${CMAKE_INSTALL_DOCDIR}/onnxruntime OPTIONAL)
  set(PELLUCID_ORT_LIBRARY ${private_lib_dir}/${ort_name})
elseif(ort_library)
  set(PELLUCID_ORT_LIBRARY "${ort_library}")
endif()

get_target_property(library_type pellucid TYPE)
# A shared library holds the tokenizers already; a static one's users link them.
if(PELLUCID_HAS_TOKENIZERS AND library_type STREQUAL "STATIC_LIBRARY")
  install(FILES ${PELLUCID_TOKENIZERS_ARCHIVE} DESTINATION ${private_lib_dir})
endif()
set(PELLUCID_TOKENIZERS_LIBRARY ${private_lib_dir}/libpellucid_tokenizers.a)
configure_package_config_file(cmake/pellucidConfig.cmake.in ${PROJECT_BINARY_DIR}/pellucidConfig.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS PELLUCID_ORT_LIBRARY PELLUCID_TOKENIZERS_LIBRARY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pellucidConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pellucidConfig.cmake ${PROJECT_BINARY_DIR}/pellucidConfigVersion.cmake
        DESTINATION ${package_dir})
