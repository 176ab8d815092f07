using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Routing;

/// <summary>Maps handlers to the table of routes.</summary>
internal static class RouteMapping
{
    /// <summary>Maps a handler; the route's entry in the table goes with the endpoint.</summary>
    public static RouteHandlerBuilder Map(this IEndpointRouteBuilder app, ApiRoute route, Delegate handler) =>
        app.MapMethods(route.Pattern, [route.Method], handler).Describe(route);

    /// <summary>Maps what people take with a browser.</summary>
    public static void MapPage(this IEndpointRouteBuilder app, ApiRoute route, Delegate handler) =>
        app.MapMethods(route.Pattern, [route.Method], handler).WithMetadata(route).ExcludeFromDescription();

    /// <summary>Attaches the route's entry, its name and its texts.</summary>
    public static TBuilder Describe<TBuilder>(this TBuilder endpoint, ApiRoute route)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(route).WithName(route.Name).WithTags(route.Tag).WithSummary(route.Summary)
            .WithDescription(route.Description.Length == 0 ? route.Summary : route.Description);

    /// <summary>
    /// Says what body an endpoint takes, for the OpenAPI document. Routing does not choose by it: what is
    /// wrong with a body is said by the endpoint.
    /// </summary>
    public static RouteHandlerBuilder Takes<TBody>(
        this RouteHandlerBuilder endpoint, bool isRequired, params string[] mediaTypes) =>
        endpoint.WithMetadata(new BodyForm(typeof(TBody), isRequired, mediaTypes));

    /// <summary>
    /// Names the problems an endpoint may answer with, besides those of every endpoint with a key.
    /// </summary>
    public static RouteHandlerBuilder WithProblems(
        this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses) endpoint.ProducesProblem(status);
        return endpoint;
    }

    /// <summary>The table's entry of the endpoint a request leads to, or null.</summary>
    public static ApiRoute? Route(this HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>();
}

/// <summary>The body an endpoint takes.</summary>
internal sealed record BodyForm(Type Type, bool IsRequired, IReadOnlyList<string> MediaTypes);
