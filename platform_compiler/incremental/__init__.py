"""What a small change makes of a repository that was compiled before, without compiling the rest again."""
