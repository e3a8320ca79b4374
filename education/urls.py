"""Public addresses. Fixed: links, tests and printed leaflets depend on them."""

from django.urls import path

from education.views import downloads, feedback, machine, pictures, preview, reading, searching

app_name = "education"

urlpatterns = [
    path("", reading.article, {"slug": "home"}, name="home"),
    path("search/", searching.results, name="search"),
    path("search/suggest/", searching.suggestions, name="suggest"),
    path("exercises/<slug:slug>/", reading.exercise, name="exercise"),
    path("leaflets/<slug:slug>.pdf", downloads.leaflet, name="leaflet"),
    path("diary.pdf", downloads.diary, name="diary"),
    path("pictures/<slug:digest>.webp", pictures.picture, name="picture"),
    path("feedback/", feedback.give, name="feedback"),
    path("feedback/thanks/", feedback.thanks, name="thanks"),
    path("api/pages/", machine.api_pages, name="api_pages"),
    path("api/pages/<slug:slug>/", machine.api_page, name="api_page"),
    path("changes.atom", machine.changes, name="changes"),
    path("sitemap.xml", machine.sitemap, name="sitemap"),
    path("robots.txt", machine.robots, name="robots"),
    path("favicon.ico", machine.favicon, name="favicon"),
    path(".well-known/security.txt", machine.security_txt, name="security_txt"),
    path("preview/<str:token>/", preview.shared, name="preview"),
    # Last: every other word of one level may be an article.
    path("<slug:slug>/", reading.article, name="article"),
]
