# Flags for the project's own code; nothing of it reaches an installed target.
add_library(pellucid_options INTERFACE)
target_compile_options(pellucid_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees overlapping copies in "literal" + std::string that are none (its bug 105651).
  target_compile_options(pellucid_options INTERFACE -Wno-restrict)
endif()
if(PELLUCID_WERROR)
  target_compile_options(pellucid_options INTERFACE -Werror)
endif()

# Instrumented builds: everything that is compiled here gets these, the tests and generated code too.
set(PELLUCID_SANITIZE "" CACHE STRING "Sanitizers, comma-separated: address,undefined or thread")
option(PELLUCID_COVERAGE "Instrument for gcov" OFF)
if(PELLUCID_SANITIZE)
  add_compile_options(-fsanitize=${PELLUCID_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PELLUCID_SANITIZE})
  # GCC sees uninitialised values in instrumented code of its own library (std::regex) that are none; its manual says so.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(pellucid_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(PELLUCID_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(PELLUCID_CCACHE ccache)
  if(PELLUCID_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${PELLUCID_CCACHE}")
  endif()
endif()
