"""platform-compiler: short team manifests in, Kubernetes and mesh manifests out.

Read `pipeline.py` first: it names the phases in the order they run.
"""

__version__ = "0.1.0"
