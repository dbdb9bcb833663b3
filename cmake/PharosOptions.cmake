# Compiler and sanitizer flags that every target shares.
# -Wno-maybe-uninitialized: GCC 12 raises it falsely for moved std::optional members.
add_compile_options(-Wall -Wextra -Wno-maybe-uninitialized -Wno-missing-field-initializers -fno-semantic-interposition)
# GCC 12 raises -Warray-bounds falsely for moved strings, and does not see that they come from a system header where that is precompiled.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
  add_compile_options(-Wno-array-bounds)
endif()
# GCC may leave the cold half of a function empty; its unwind entry then hides the one of the next function, and an exception that
# passes there (memory is short) aborts. Found by tests/faults.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fno-reorder-blocks-and-partition)
endif()
if(PHAROS_WERROR)
  # What GCC 12 raises falsely for strings (see -Warray-bounds) stays a warning.
  add_compile_options(-Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-error=stringop-overread -Wno-error=stringop-overflow)
  endif()
endif()
if(PHAROS_SANITIZE)
  add_compile_options(-fsanitize=${PHAROS_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PHAROS_SANITIZE})
  if(PHAROS_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
add_compile_definitions(PHAROS_VERSION="${PROJECT_VERSION}")
find_program(PHAROS_CCACHE ccache)
if(PHAROS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What ccache asks for where headers are precompiled (PharosPrelude.cmake).
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${PHAROS_CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
find_program(PHAROS_LLD ld.lld)
if(PHAROS_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_CROSSCOMPILING)
  add_link_options(-fuse-ld=lld)
endif()
