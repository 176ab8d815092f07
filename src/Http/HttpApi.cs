using DToC.Grains;
using DToC.Http.Access;
using DToC.Http.Attributes;
using DToC.Http.Cohorts;
using DToC.Http.Console;
using DToC.Http.Consents;
using DToC.Http.Decisions;
using DToC.Http.Definitions;
using DToC.Http.Delivery;
using DToC.Http.Delivery.Amqp;
using DToC.Http.Erasures;
using DToC.Http.Events;
using DToC.Http.Export;
using DToC.Http.Hypothetical;
using DToC.Http.Keys;
using DToC.Http.Learning;
using DToC.Http.Lexicons;
using DToC.Http.Limits;
using DToC.Http.Models;
using DToC.Http.OpenApi;
using DToC.Http.Operations;
using DToC.Http.Personas;
using DToC.Http.Problems;
using DToC.Http.Quarantine;
using DToC.Http.Segments;
using DToC.Http.Simulations;
using DToC.Http.Streams;
using DToC.Http.Twins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace DToC.Http;

/// <summary>
/// Composition of this project: the API over whatever <see cref="ITwinHost"/> is registered.
/// </summary>
public static class HttpApi
{
    /// <summary>Adds what the API needs. The host itself is registered by the executable.</summary>
    /// <exception cref="ArgumentException">An option cannot work; the message names it.</exception>
    public static IServiceCollection AddHttpApi(this IServiceCollection services, HttpOptions options)
    {
        options.Validate();
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<KeyRing>();
        services.AddSingleton<ApiMeters>();
        services.AddSingleton<LimitMeters>();
        services.AddSingleton(provider => new HeapGauge(
            options.MaxHeapShare, provider.GetRequiredService<TimeProvider>(),
            HeapGauge.OfCollector(options.MaxHeapShare)));
        services.AddSingleton<SharedRoom>();
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxRequestBufferSize = options.MaxReadAheadBytes;
        });
        services.AddSingleton<EventReaders>();
        services.AddSingleton<IdentityMemory>();
        services.AddSingleton<IIdentityMemory>(provider => provider.GetRequiredService<IdentityMemory>());
        services.AddSingleton<IdentityResolver>();
        services.AddSingleton<DefinitionGate>();
        services.AddSingleton<EventIntake>();
        services.AddSingleton<AttributeIntake>();
        services.AddSingleton<TwinLookup>();
        services.AddSingleton<EventReceivers>();
        services.AddSingleton<PublishedStream>();
        services.AddSingleton<LeavingDecisions>();
        services.AddDelivery();
        services.AddSingleton<QuarantineShelf>();
        services.AddSingleton<HypothesisShelf>();
        services.AddSingleton<HypotheticalTwins>();
        services.AddSingleton<AssumptionReading>();
        services.AddSingleton<CohortShelf>();
        services.AddSingleton<CohortMaking>();
        services.AddSingleton<LearnJobs>();
        services.AddHostedService(provider => provider.GetRequiredService<LearnJobs>());
        services.AddSingleton<SimulationTable>();
        services.AddSingleton<SimulationJobs>();
        services.AddHostedService(provider => provider.GetRequiredService<SimulationJobs>());
        services.AddSingleton<FuturesRoom>();
        services.ConfigureHttpJsonOptions(json => Json.WireJson.Configure(json.SerializerOptions));
        // What is wrong with a parameter is said by the exception, which becomes a problem.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        return services.AddConsole().AddApiDocument();
    }

    /// <summary>Maps every route of the API, behind the check of keys.</summary>
    public static WebApplication MapHttpApi(this WebApplication app)
    {
        app.UseRouting();
        app.UseRequestMeter();
        app.UseProblemHandling(
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("DToC.Http"),
            app.Services.GetRequiredService<HttpOptions>().RetryAfterUnavailable);
        app.UseAccessCheck();
        app.MapApiDocument();
        app.MapEvents();
        app.MapAttributes();
        app.MapTwins();
        app.MapUnions();
        app.MapConsents();
        app.MapRelations();
        app.MapPeople();
        app.MapPersonas();
        app.MapEvaluation();
        app.MapNotices();
        app.MapErasures();
        app.MapExport();
        app.MapNextBestAction();
        app.MapDecisions();
        app.MapDestinations();
        app.MapIntakes();
        app.MapQuarantine();
        app.MapKeys();
        app.MapDefinition();
        app.MapModels();
        app.MapLexicons();
        app.MapSegments();
        app.MapSegmentMembers();
        app.MapDifference();
        app.MapSegmentSets();
        app.MapSegmentChanges();
        app.MapCohorts();
        app.MapExplanation();
        app.MapHypothetical();
        app.MapLearning();
        app.MapSimulations();
        app.MapTwinFutures();
        app.MapOperation();
        app.MapConsole();
        return app;
    }
}
