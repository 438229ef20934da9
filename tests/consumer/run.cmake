# The steps of the test install.consumer; see CMakeLists.txt beside it for the variables.
function(step)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
step(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)

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
