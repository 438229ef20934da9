# cpack -G DEB: the Debian package `pellucid`, which holds the tool, its ONNX Runtime and the demonstration, and
# `pellucid-dev` with library and headers.
set(CPACK_PACKAGE_NAME pellucid)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "pellucid maintainers <maintainers@pellucid.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "explains what a Transformer predicts, from its ONNX file")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tool development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)

set(CPACK_DEBIAN_TOOL_PACKAGE_NAME pellucid)
set(CPACK_COMPONENT_TOOL_DESCRIPTION "Shows which parts of a picture or a text made a Transformer predict what it predicts.
It reads the model as it is deployed, an ONNX file, compiles the explanation into
that graph, and has ONNX Runtime, which is part of this package, run the result.")
set(CPACK_DEBIAN_TOOL_PACKAGE_SHLIBDEPS ON)
if(PELLUCID_BUNDLES_ONNXRUNTIME)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${ort_dir})
endif()
list(APPEND CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME pellucid-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "C++ library of pellucid, with headers and CMake package.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
string(CONCAT CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "pellucid (= ${PROJECT_VERSION}), libfmt-dev, nlohmann-json3-dev, "
  "libprotobuf-dev, libjpeg-dev, libpng-dev, libwebp-dev, libfreetype-dev, zlib1g-dev, libssl-dev, pkg-config")

# /usr/share/doc/NAME/copyright, as Debian's policy asks.
set(copyright ${PROJECT_BINARY_DIR}/copyright)
file(READ NOTICE notice)
file(WRITE ${copyright} "${notice}\nThe Apache License 2.0: /usr/share/common-licenses/Apache-2.0\n")
install(FILES ${copyright} DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tool)
install(FILES ${copyright} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/pellucid-dev COMPONENT development)
include(CPack)
