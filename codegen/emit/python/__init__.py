"""The Python that is made from a design: one module an artefact, its template in ``templates/``."""
