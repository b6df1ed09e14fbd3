set memory_limit = '{megabytes}MB';
set temp_directory = {folder};
set threads = 2
