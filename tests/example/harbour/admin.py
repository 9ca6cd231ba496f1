from django.contrib import admin

from tests.example.harbour.models import DataSource


@admin.register(DataSource)
class DataSourceAdmin(admin.ModelAdmin[DataSource]):
    list_display = ("name", "article", "url")
    autocomplete_fields = ("article",)
    search_fields = ("name", "url")
