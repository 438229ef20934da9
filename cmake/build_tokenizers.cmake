# Puts the archive of the tokenizers at OUT: the kept one of this KEY, or one built by CARGO from CRATE and kept then.
set(kept ${CACHE}/${KEY}.a)
file(MAKE_DIRECTORY ${CACHE})
file(LOCK ${CACHE}/.lock GUARD PROCESS)
if(NOT EXISTS ${kept})
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env CARGO_TARGET_DIR=${CACHE}/target
            ${CARGO} build --release --locked --quiet --manifest-path ${CRATE}/Cargo.toml
    RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "cargo could not build the tokenizers (${CRATE}); -DPELLUCID_TOKENIZERS=OFF builds without texts")
  endif()
  file(COPY_FILE ${CACHE}/target/release/libpellucid_tokenizers.a ${kept}.partial)
  if(STRIP)
    execute_process(COMMAND ${STRIP} --strip-debug ${kept}.partial COMMAND_ERROR_IS_FATAL ANY)
  endif()
  file(RENAME ${kept}.partial ${kept})
endif()
get_filename_component(folder ${OUT} DIRECTORY)
file(MAKE_DIRECTORY ${folder})
file(COPY_FILE ${kept} ${OUT})
file(TOUCH ${OUT})
