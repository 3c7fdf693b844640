"""Routes of the service, version 1."""

from fastapi import APIRouter

from . import enterprises, lists, model, whatif

__all__ = ["router"]

router = APIRouter()
for part in (enterprises, lists, whatif, model):
    router.include_router(part.router)
