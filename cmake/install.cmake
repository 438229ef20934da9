# cmake --install: the command line tool with what it needs (component `tool`), and the library with its headers and
# CMake package (component `development`). ONNX Runtime is installed where it came from the cache.
include(CMakePackageConfigHelpers)
include(cmake/install_package.cmake)
set(private_lib_dir ${CMAKE_INSTALL_LIBDIR}/pellucid)

set(PELLUCID_ORT_LIBRARY "")
if(PELLUCID_BUNDLES_ONNXRUNTIME)
  file(REAL_PATH "${ort_library}" ort_file)
  get_filename_component(ort_name "${ort_file}" NAME)
  get_filename_component(ort_dir "${ort_file}" DIRECTORY)
  install(FILES "${ort_file}" "${ort_dir}/libonnxruntime.so.1" DESTINATION ${private_lib_dir} COMPONENT tool)
  install(FILES "${PELLUCID_CACHE}/onnxruntime/LICENSE" "${PELLUCID_CACHE}/onnxruntime/ThirdPartyNotices.txt"
          DESTINATION ${CMAKE_INSTALL_DOCDIR}/onnxruntime COMPONENT tool OPTIONAL)
  set(PELLUCID_ORT_LIBRARY ${private_lib_dir}/${ort_name})
elseif(ort_library)
  set(PELLUCID_ORT_LIBRARY "${ort_library}")
endif()

pellucid_install(pellucid pellucid_cli)
install(DIRECTORY include/pellucid DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(DIRECTORY demo DESTINATION ${CMAKE_INSTALL_DATADIR}/pellucid COMPONENT tool)
install(FILES LICENSE NOTICE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tool)
if(PELLUCID_HAS_TOKENIZERS)
  install(FILES src/inputs/tokenizers/THIRD-PARTY.txt DESTINATION ${CMAKE_INSTALL_DOCDIR}/tokenizers COMPONENT tool)
endif()
include(cmake/install_written.cmake)
include(cmake/package.cmake)
