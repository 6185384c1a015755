"""From other people's files to turns and items of ours."""
