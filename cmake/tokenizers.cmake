# Hugging Face's tokenizers, a Rust crate built by cargo beside the C++ sources. The archive is kept in the cache folder by
# what it is made of, so that it is built once for all presets and checkouts.
set(PELLUCID_TOKENIZERS AUTO CACHE STRING "Texts in, which needs cargo 1.80 or newer: AUTO (where it is found), ON or OFF")
set_property(CACHE PELLUCID_TOKENIZERS PROPERTY STRINGS AUTO ON OFF)
set(PELLUCID_HAS_TOKENIZERS OFF)
if(NOT PELLUCID_TOKENIZERS STREQUAL "AUTO" AND NOT PELLUCID_TOKENIZERS)
  message(STATUS "pellucid: texts are off (PELLUCID_TOKENIZERS=${PELLUCID_TOKENIZERS})")
  return()
endif()

find_program(PELLUCID_CARGO cargo HINTS "$ENV{HOME}/.cargo/bin" DOC "Builds the tokenizers")
set(cargo_version "none")
if(PELLUCID_CARGO)
  execute_process(COMMAND ${PELLUCID_CARGO} --version OUTPUT_VARIABLE cargo_says ERROR_QUIET)
  if(cargo_says MATCHES "^cargo ([0-9]+\\.[0-9]+\\.[0-9]+)")
    set(cargo_version ${CMAKE_MATCH_1})
  endif()
endif()
if(cargo_version STREQUAL "none" OR cargo_version VERSION_LESS 1.80)
  set(reason "cargo 1.80 or newer was not found (found: ${cargo_version}); scripts/bootstrap installs it on Debian")
  if(NOT PELLUCID_TOKENIZERS STREQUAL "AUTO")
    message(FATAL_ERROR "PELLUCID_TOKENIZERS=${PELLUCID_TOKENIZERS}: ${reason}")
  endif()
  message(STATUS "pellucid: texts are off: ${reason}")
  return()
endif()
set(PELLUCID_HAS_TOKENIZERS ON)

set(crate ${CMAKE_CURRENT_SOURCE_DIR}/src/inputs/tokenizers)
set(crate_sources ${crate}/Cargo.lock ${crate}/Cargo.toml ${crate}/src/charsmap.rs ${crate}/src/encoding.rs ${crate}/src/lib.rs ${crate}/src/text.rs)
set(crate_key "${cargo_says} ${CMAKE_SYSTEM_PROCESSOR}")
foreach(source ${crate_sources})
  file(SHA256 ${source} hash)
  string(APPEND crate_key ${hash})
endforeach()
string(SHA256 crate_key "${crate_key}")
string(SUBSTRING ${crate_key} 0 16 crate_key)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${crate_sources})

set(PELLUCID_TOKENIZERS_ARCHIVE ${CMAKE_CURRENT_BINARY_DIR}/${crate_key}/libpellucid_tokenizers.a)
add_custom_command(OUTPUT ${PELLUCID_TOKENIZERS_ARCHIVE}
  COMMAND ${CMAKE_COMMAND} -D CARGO=${PELLUCID_CARGO} -D CRATE=${crate} -D CACHE=${PELLUCID_CACHE}/tokenizers
          -D KEY=${crate_key} -D STRIP=${CMAKE_STRIP} -D OUT=${PELLUCID_TOKENIZERS_ARCHIVE}
          -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/build_tokenizers.cmake
  COMMENT "Building the tokenizers (cargo)" VERBATIM)
add_custom_target(pellucid_tokenizers ALL DEPENDS ${PELLUCID_TOKENIZERS_ARCHIVE})

add_library(pellucid::tokenizers STATIC IMPORTED GLOBAL)
set_target_properties(pellucid::tokenizers PROPERTIES
  IMPORTED_LOCATION ${PELLUCID_TOKENIZERS_ARCHIVE} INTERFACE_LINK_LIBRARIES "Threads::Threads;dl;m")
# Ninja knows files across folders and lets cargo run beside the compiler; for others the library waits for it.
if(NOT CMAKE_GENERATOR MATCHES "Ninja")
  add_dependencies(pellucid::tokenizers pellucid_tokenizers)
endif()
