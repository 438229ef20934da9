# Small sources of a room compiled together: what each compilation reads costs more than what it compiles, and this
# halves the work. The preset dev compiles every source alone, so that each includes what it uses.
option(PELLUCID_UNITY "Compile the sources of a room in groups" OFF)

# pellucid_unite(target size): groups of up to SIZE sources of one folder, those with properties of their own aside.
function(pellucid_unite target size)
  if(NOT PELLUCID_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(folder ${target} SOURCE_DIR)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    get_filename_component(path ${source} ABSOLUTE BASE_DIR ${folder})
    get_filename_component(room ${path} DIRECTORY)
    file(RELATIVE_PATH room ${PROJECT_SOURCE_DIR} ${room})
    string(MAKE_C_IDENTIFIER "${room}" room)
    math(EXPR count_${room} "${count_${room}} + 1")
    math(EXPR group "(${count_${room}} - 1) / ${size}")
    set_property(SOURCE ${path} TARGET_DIRECTORY ${target} PROPERTY UNITY_GROUP "${room}_${group}")
  endforeach()
endfunction()
