// The shared libraries consist of whole module archives; CMake wants one source file.
