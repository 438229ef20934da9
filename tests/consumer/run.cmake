# The steps of the tests install.consumer…; see CMakeLists.txt beside it for the variables.
function(step)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
step(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)
if(PREFIX)
  # The other kind of library, with a tool that stands on it.
  file(REMOVE_RECURSE ${WORK}/first/bin)
  # The targets file goes, too: CMake takes one written in the same second as the new one for the same file.
  file(GLOB static ${WORK}/first/lib*/libpellucid.a ${WORK}/first/lib*/cmake)
  file(REMOVE_RECURSE ${static})
  step(${CMAKE_COMMAND} --build ${BUILD} --target pellucid_shared pellucid_cli_shared)
  foreach(component tool development)
    step(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first --component ${PREFIX}${component})
  endforeach()
endif()

# What is installed must not depend on where it was put at first.
file(RENAME ${WORK}/first ${WORK}/prefix)
step(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/build -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
     -D CMAKE_BUILD_TYPE=${CONFIG} -D CMAKE_PREFIX_PATH=${WORK}/prefix -D WANTED_VERSION=${VERSION})
step(${CMAKE_COMMAND} --build ${WORK}/build)
step(${WORK}/build/consumer ${WORK}/prefix/share/pellucid/demo/demo-vit ${VERSION})

execute_process(COMMAND ${WORK}/prefix/bin/pellucid --version OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
if(NOT said MATCHES "^pellucid ${VERSION}\n")
  message(FATAL_ERROR "the installed pellucid says of its version: '${said}'")
endif()

# The manual page is the installed tool's own, and the notices are there.
execute_process(COMMAND ${WORK}/prefix/bin/pellucid man OUTPUT_FILE ${WORK}/pellucid.1 COMMAND_ERROR_IS_FATAL ANY)
step(${CMAKE_COMMAND} -E compare_files ${WORK}/pellucid.1 ${WORK}/prefix/share/man/man1/pellucid.1)
foreach(file LICENSE NOTICE)
  if(NOT EXISTS ${WORK}/prefix/share/doc/pellucid/${file})
    message(FATAL_ERROR "${file} is not installed")
  endif()
endforeach()
