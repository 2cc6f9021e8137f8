"""The program's entry: runs the command line and turns whatever escapes it into an exit code."""

from platform_compiler.cli.boundary import main

if __name__ == "__main__":
    main()
