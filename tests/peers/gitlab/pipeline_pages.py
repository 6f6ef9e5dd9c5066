"""Every pipeline by the library's three ways of reading pages."""
from client import answer, project

of = project()
lazily = of.pipelines.list(iterator=True, per_page=20)
answer(
    lazily=[p.id for p in lazily],
    total=lazily.total,
    pages=lazily.total_pages,
    at_once=[p.id for p in of.pipelines.list(get_all=True, per_page=50)],
    upwards=[p.id for p in of.pipelines.list(get_all=True, per_page=100, sort="asc", order_by="id")],
    third_page=[p.id for p in of.pipelines.list(page=3, per_page=7)],
    by_keys=[j.id for j in of.jobs.list(iterator=True, per_page=30, pagination="keyset", order_by="id", sort="desc")],
)
