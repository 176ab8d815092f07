using DToC.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded;

/// <summary>Composition of this project.</summary>
public static class EmbeddedHostRegistration
{
    /// <summary>
    /// Adds the embedded host as <see cref="ITwinHost"/> and as itself. It starts when first resolved and
    /// stops when the provider is disposed, which must be done asynchronously.
    /// </summary>
    public static IServiceCollection AddEmbeddedHost(
        this IServiceCollection services, Func<IServiceProvider, EmbeddedOptions> options)
    {
        services.AddSingleton(provider => EmbeddedHost.Start(
            options(provider), provider.GetRequiredService<ILogger<EmbeddedHost>>()));
        services.AddSingleton<ITwinHost>(provider => provider.GetRequiredService<EmbeddedHost>());
        return services;
    }
}
