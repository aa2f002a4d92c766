"""What pages show, as tables that leave the site: a module for each noun, a function for each table."""
