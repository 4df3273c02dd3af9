"""Ba\"ker'y \\ \"\"\" */ <b> ${x} {{ y }} {% z %} 1\"; import os, generated from the design: do not
edit.
"""
