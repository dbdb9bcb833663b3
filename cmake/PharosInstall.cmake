# The libraries that applications link, and what find_package(pharos) needs.
#   pharos::pharos-runtime  loads and runs engines; no protobuf, no passes
#   pharos::pharos          the builder too
#   pharos::doctor          reads logs; nothing of the engine
#   pharos::plugin          the header of plugins, nothing to link with
# They are the components of find_package(pharos COMPONENTS ...), by the part behind "::".
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

function(pharos_library target output)
  add_library(${target} SHARED)
  foreach(module ${ARGN})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:pharos_${module}>)
    get_target_property(libs pharos_${module} PHAROS_LIBS)
    if(libs)
      target_link_libraries(${target} PRIVATE ${libs})
    endif()
  endforeach()
  set_property(TARGET ${target} PROPERTY LINKER_LANGUAGE CXX)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${output} EXPORT_NAME ${output}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_include_directories(${target} INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${target} INTERFACE cxx_std_20)
  add_library(pharos::${output} ALIAS ${target})
  install(TARGETS ${target} EXPORT pharos LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

pharos_library(pharos_shared_runtime pharos-runtime base catalog graph ops tactics plugins engine runtime)
pharos_library(pharos_shared pharos base catalog graph ops tactics plugins engine runtime tensorrt onnx passes builder)
pharos_library(pharos_shared_doctor pharos-doctor base catalog logs dialects facts exports tensorrt findings policy reports doctor)
set_target_properties(pharos_shared_doctor PROPERTIES EXPORT_NAME doctor)
add_library(pharos::doctor ALIAS pharos_shared_doctor)

# For plugins: the header alone.
add_library(pharos_plugin INTERFACE)
set_target_properties(pharos_plugin PROPERTIES EXPORT_NAME plugin)
target_include_directories(pharos_plugin INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
add_library(pharos::plugin ALIAS pharos_plugin)
install(TARGETS pharos_plugin EXPORT pharos)

install(TARGETS pharos RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/pharos DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT pharos NAMESPACE pharos:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pharos FILE pharos-targets.cmake)
configure_package_config_file(cmake/pharos-config.cmake.in ${CMAKE_BINARY_DIR}/pharos-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pharos)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/pharos-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/pharos-config.cmake ${CMAKE_BINARY_DIR}/pharos-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pharos)
