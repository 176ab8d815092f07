using DToC.Http.Console.Figures;
using DToC.Http.Console.Live;
using DToC.Http.Console.Sessions;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DToC.Http.Console;

/// <summary>Composition of the console. Its first room is the operators' page.</summary>
internal static class ConsoleRegistration
{
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddSingleton<ConsoleSessions>();
        services.AddSingleton<FigureSampler>();
        services.AddHostedService(provider => provider.GetRequiredService<FigureSampler>());
        services.AddSingleton<LiveFeeds>();
        services.AddRazorComponents();
        services.AddDataProtection().AddKeyManagementOptions(options =>
        {
            options.XmlRepository = new MemoryKeys();
            // What never leaves memory is not encrypted there.
            options.XmlEncryptor = new NullXmlEncryptor();
        });
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "dtoc-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // Each page says more itself.
            options.SuppressXFrameOptionsHeader = true;
        });
        return services;
    }

    public static void MapConsole(this IEndpointRouteBuilder app)
    {
        app.MapPage(Routes.ConsoleAsset, ConsoleAssets.Get);
        app.MapSignIn();
        app.MapOperatorsPage();
    }
}
