"""The pages of the applications: HTML without scripts, guarded as those of `mock_las`."""
