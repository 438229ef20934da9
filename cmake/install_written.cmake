# What the tool writes about itself: its manual page and the completions. Written anew wherever the tool is.
if(CMAKE_CROSSCOMPILING)
  message(STATUS "pellucid: no manual page and no completions: the tool doesn't run here")
  return()
endif()
set(written ${PROJECT_BINARY_DIR}/written)
file(MAKE_DIRECTORY ${written})
add_custom_command(OUTPUT ${written}/pellucid.1 ${written}/pellucid.bash ${written}/_pellucid ${written}/pellucid.fish
  COMMAND pellucid_cli man > ${written}/pellucid.1
  COMMAND pellucid_cli completion bash > ${written}/pellucid.bash
  COMMAND pellucid_cli completion zsh > ${written}/_pellucid
  COMMAND pellucid_cli completion fish > ${written}/pellucid.fish
  DEPENDS pellucid_cli COMMENT "Writing the manual page and the completions" VERBATIM)
add_custom_target(pellucid_written ALL DEPENDS ${written}/pellucid.1)

install(FILES ${written}/pellucid.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tool)
install(FILES ${written}/pellucid.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME pellucid
        COMPONENT tool)
install(FILES ${written}/pellucid.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT tool)
# Debian's zsh looks for those of packages elsewhere.
install(CODE "
  set(place site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\" AND EXISTS /etc/debian_version)
    set(place vendor-completions)
  endif()
  file(INSTALL \"${written}/_pellucid\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${place}\")"
  COMPONENT tool)
