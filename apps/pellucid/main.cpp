#include "apps/pellucid/application.hpp"

int main(int argc, char** argv) { return pellucid::cli::run(argc, argv); }
