"""Clients of Ba\"ker'y \\ \"\"\" */ <b> ${x} {{ y }} {% z %} 1\"; import os."""
