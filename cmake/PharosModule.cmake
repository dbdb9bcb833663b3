# pharos_module(NAME [LINKS module... ] [LIBS external...] [OWN_FLAGS]): a folder becomes the static library pharos_NAME. Every
# *.cpp below it belongs to it, except *_test.cpp, which are gathered by tests/. OWN_FLAGS: it compiles with flags or
# definitions of its own that headers from outside ask for, and cannot share those that PharosPrelude.cmake compiles.
function(pharos_module name)
  cmake_parse_arguments(M "OWN_FLAGS" "" "LINKS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  if(NOT sources AND NOT M_UNPARSED_ARGUMENTS)  # headers only, so far
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp)
    file(CONFIGURE OUTPUT ${sources} CONTENT "")
  endif()
  add_library(pharos_${name} STATIC ${sources} ${M_UNPARSED_ARGUMENTS})
  target_include_directories(pharos_${name} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src> $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>)
  foreach(other ${M_LINKS})
    target_link_libraries(pharos_${name} PUBLIC pharos_${other})
  endforeach()
  target_link_libraries(pharos_${name} PRIVATE ${M_LIBS})
  set_property(TARGET pharos_${name} PROPERTY PHAROS_LIBS ${M_LIBS})  # for the shared libraries
  if(M_OWN_FLAGS)
    target_precompile_headers(pharos_${name} PRIVATE ${PHAROS_PRELUDE})
  elseif("fmt::fmt" IN_LIST M_LIBS)  # whose definition the headers were parsed with
    target_precompile_headers(pharos_${name} REUSE_FROM pharos_prelude)
  endif()
endfunction()

# pharos_collect(OUT FOLDER FUNCTION SET HEADER): writes a .cpp whose FUNCTION() calls define_<stem>(SET&) of every
# definition file in FOLDER. A definition file is a .cpp with a line "void define_<stem>(".
function(pharos_collect out folder function set header)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.cpp)
  list(SORT files)
  set(declarations "")
  set(calls "")
  foreach(file ${files})
    get_filename_component(stem ${file} NAME_WE)
    file(STRINGS ${file} found REGEX "^void define_${stem}\\(")
    if(found)
      string(APPEND declarations "void define_${stem}(${set}&);\n")
      string(APPEND calls "  define_${stem}(set);\n")
    endif()
  endforeach()
  set(text "#include \"${header}\"\n\nnamespace pharos {\n\n${declarations}\n${set} ${function}() {\n  ${set} set;\n${calls}  return set;\n}\n\n}  // namespace pharos\n")
  set(path ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  file(CONFIGURE OUTPUT ${path} CONTENT "${text}" @ONLY)
  set(${out} ${path} PARENT_SCOPE)
endfunction()
