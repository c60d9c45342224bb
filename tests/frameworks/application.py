"""A FastAPI application with an operation for each construct, which tells in its answers what reached it."""

from __future__ import annotations

import datetime as dates
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import (
    Body,
    Cookie,
    Depends,
    FastAPI,
    File,
    Form,
    Header,
    HTTPException,
    Query,
    Request,
    Response,
    UploadFile,
)
from fastapi.responses import PlainTextResponse, RedirectResponse, StreamingResponse
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

LARGE = 3 << 20
"""Bytes of a download that is more than what is decoded may be."""


class Color(str, Enum):
    red = "red"
    dark_green = "dark-green"


class Level(int, Enum):
    low = 1
    high = 2


class Filters(BaseModel):
    limit: int = Field(100, gt=0, le=100)
    order: Literal["created", "updated"] = "created"
    tags: list[str] = []


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    bark: str | None = None


class Card(BaseModel):
    number: str
    holder: str | None = None


class Bank(BaseModel):
    iban: str


class Item(BaseModel):
    name: str
    price: Decimal
    tax: float | None = None


class User(BaseModel):
    username: str
    full_name: str | None = None


class Node(BaseModel):
    value: int
    children: list[Node] = []


class Extra(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str
    __pydantic_extra__: dict[str, int] = Field(init=False)


class Everything(BaseModel):
    text: str
    whole: int
    real: float
    flag: bool
    amount: Decimal
    moment: dates.datetime
    day: dates.date
    time: dates.time
    unique: UUID
    color: Color
    level: Level
    pair: tuple[str, int]
    scores: dict[str, float]
    either: int | str
    maybe: str | None
    nothing: None = None
    anything: Any = None
    unset: str = "default"


class Thing(BaseModel):
    thing: str


class Job(BaseModel):
    job: int


class Problem(BaseModel):
    code: str
    message: str


class Contact(BaseModel):
    name: str
    age: int | None = None
    tags: list[str] = []


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]

app = FastAPI(title="Everything", generate_unique_id_function=lambda route: route.name)


@app.get("/lists")
def query_lists(q: Annotated[list[str], Query()], n: Annotated[list[int] | None, Query()] = None) -> dict[str, Any]:
    return {"q": q, "n": n}


@app.get("/union")
def query_union(at: int | str, color: Color = Color.red, since: dates.date | None = None) -> dict[str, Any]:
    return {"at": at, "color": color, "since": since}


@app.get("/model")
def query_model(filters: Annotated[Filters, Query()]) -> Filters:
    return filters


@app.get(
    "/deep",
    openapi_extra={
        "parameters": [
            {
                "name": "filter",
                "in": "query",
                "style": "deepObject",
                "explode": True,
                "schema": {"type": "object", "properties": {"gte": {"type": "integer"}, "name": {"type": "string"}}},
            },
            {
                "name": "ids",
                "in": "query",
                "style": "pipeDelimited",
                "schema": {"type": "array", "items": {"type": "integer"}},
            },
        ]
    },
)
def query_deep(request: Request) -> dict[str, str]:
    return dict(request.query_params.multi_items())


@app.get("/items/{item_id}/{path:path}")
def places(
    item_id: int,
    path: str,
    x_trace: Annotated[str | None, Header()] = None,
    session: Annotated[str | None, Cookie()] = None,
) -> dict[str, Any]:
    return {"item_id": item_id, "path": path, "x_trace": x_trace, "session": session}


@app.post("/form")
def form(
    name: Annotated[str, Form()],
    tags: Annotated[list[str], Form(default_factory=list)],
    age: Annotated[int | None, Form()] = None,
) -> Contact:
    return Contact(name=name, age=age, tags=tags)


@app.post("/form-model")
def form_model(contact: Annotated[Contact, Form()]) -> Contact:
    return contact


@app.post("/upload")
async def upload(file: UploadFile, note: Annotated[str, Form()] = "") -> dict[str, Any]:
    return {"name": file.filename, "content": (await file.read()).decode(), "note": note}


@app.post("/uploads")
async def uploads(files: list[UploadFile], cover: Annotated[bytes | None, File()] = None) -> dict[str, Any]:
    return {"contents": [(await file.read()).decode() for file in files], "cover": cover and cover.decode()}


@app.post("/bodies")
def several_bodies(
    item: Item, user: User, importance: Annotated[int, Body(gt=0)], q: str | None = None
) -> dict[str, Any]:
    return {"item": item, "user": user, "importance": importance, "q": q}


@app.put("/pet")
def tagged(pet: Pet) -> Pet:
    return pet


@app.put("/pets")
def tagged_list(pets: list[Pet]) -> dict[str, Pet]:
    return {str(number): pet for number, pet in enumerate(pets)}


@app.put("/source")
def untagged(source: Card | Bank) -> Card | Bank:
    return source


@app.put("/everything")
def everything(body: Everything) -> Everything:
    return body


@app.put("/tree")
def tree(node: Node) -> Node:
    return node


@app.put("/extra")
def extra(body: Extra) -> Extra:
    return body


@app.put("/map")
def mapping(scores: dict[str, list[int]]) -> dict[str, list[int]]:
    return scores


@app.put("/word")
def scalar(word: Annotated[str, Body()]) -> str:
    return word


@app.patch("/partly")
def partly(contact: Contact) -> list[str]:
    return sorted(contact.model_fields_set)


@app.post(
    "/things", status_code=201, response_model=Thing, responses={202: {"model": Job}, 204: {"description": "None."}}
)
def statuses(answer: int, response: Response) -> Any:
    if answer == 204:
        return Response(status_code=204)
    response.status_code = answer
    return Response(
        status_code=answer, media_type="application/json", content={201: '{"thing":"a"}', 202: '{"job":7}'}[answer]
    )


@app.delete("/things/{name}", status_code=204)
def remove(name: str) -> None:
    if name == "missing":
        raise HTTPException(404, "there is no such thing")


@app.get("/fail", responses={409: {"model": Problem}})
def fail(number: Annotated[int, Query(le=10)]) -> Thing:
    raise HTTPException(409, {"code": "taken", "message": "somebody has it"}) if number == 0 else HTTPException(500)


@app.get("/refuse", responses={409: {"model": Problem}})
def refuse() -> Response:
    return Response('{"code":"taken","message":"somebody has it"}', status_code=409, media_type="application/json")


@app.get("/text", response_class=PlainTextResponse)
def text() -> str:
    return "größer"


_OCTETS = {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


@app.get("/download", response_class=StreamingResponse, responses=_OCTETS)
def download() -> StreamingResponse:
    return StreamingResponse((b"x" * (1 << 16) for _ in range(LARGE >> 16)), media_type="application/octet-stream")


@app.get("/moved", status_code=307, response_class=RedirectResponse)
def moved() -> str:
    return "/text"


@app.get("/headers")
def headers(response: Response) -> Thing:
    response.headers["X-Total"] = "3"
    response.set_cookie("session", "kept")
    return Thing(thing="a")


@app.get("/bearer")
def bearer(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> Thing:
    return Thing(thing=credentials.credentials)


@app.get("/basic")
def basic(credentials: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> Thing:
    return Thing(thing=f"{credentials.username}/{credentials.password}")


@app.get("/key")
def key(given: Annotated[str, Depends(APIKeyHeader(name="X-Key"))]) -> Thing:
    return Thing(thing=given)
