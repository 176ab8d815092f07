using System.Text.Json.Nodes;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Routing;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace DToC.Http.OpenApi;

/// <summary>The OpenAPI document, written from the table of routes, and the page to read it.</summary>
internal static class ApiDocument
{
    private const string Name = "v1";
    private const string SchemeName = "bearerKey";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(Name, options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancellation) =>
        {
            Secure(operation, context);
            await DescribeBodyAsync(operation, context, cancellation);
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = context.JsonTypeInfo.Type;
            if (type != typeof(Instant) && type != typeof(Instant?)) return Task.CompletedTask;
            schema.Type = type == typeof(Instant) ? JsonSchemaType.String
                : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
            schema.Properties?.Clear();
            schema.Required?.Clear();
            schema.Examples = [JsonValue.Create("2026-03-01T12:00:00Z")];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi(Routes.OpenApiDocument.Pattern).WithMetadata(Routes.OpenApiDocument);
        // Asked of every request, so by the path alone.
        ((IApplicationBuilder)app).UseWhen(IsOfDocs, static docs => docs.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "DToC API";
            page.SwaggerEndpoint($"/openapi/{Name}.json", "DToC API");
        }));
    }

    private static bool IsOfDocs(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase);

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "DToC: digital twins of customers",
            Version = Name,
            Description =
                "Touchpoint events in, living twins, next best actions out. Send a key as 'Authorization: "
                + "Bearer KEY'; each operation names the scope it asks for. Errors are RFC 9457 problem "
                + "details that say what to do.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(
            StringComparer.Ordinal);
        document.Components.SecuritySchemes[SchemeName] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description =
                "A key, issued by POST /v1/keys. Scopes: ingest, read, decide, privacy, operate, admin "
                + "(which covers all).",
        };
    }

    private static async Task DescribeBodyAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context,
        CancellationToken cancellation)
    {
        var form = context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyForm>().FirstOrDefault();
        if (form is null) return;
        var schema =
            await context.GetOrCreateSchemaAsync(form.Type, parameterDescription: null, cancellation);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = form.IsRequired,
            Content = form.MediaTypes.ToDictionary(
                type => type, _ => new OpenApiMediaType { Schema = schema }, StringComparer.Ordinal),
        };
    }

    private static void Secure(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var route = context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().FirstOrDefault();
        if (route?.Scope is not { } scope) return;
        operation.Description = $"{operation.Description}\n\nScope: `{WireJson.Word<KeyScopes>(scope)}`.";
        operation.Security = [new OpenApiSecurityRequirement
        {
            [new OpenApiSecuritySchemeReference(SchemeName, context.Document)] = [],
        }];
        operation.Responses ??= new OpenApiResponses();
        operation.Responses.TryAdd(
            "401", new OpenApiResponse { Description = "No key, or one that is not taken." });
        operation.Responses.TryAdd(
            "403", new OpenApiResponse { Description = $"The key does not cover '{WireJson.Word(scope)}'." });
    }
}
