using DToC.Http.Delivery.Amqp;
using Microsoft.Extensions.DependencyInjection;

namespace DToC.Http.Delivery;

/// <summary>What delivery is made of.</summary>
internal static class DeliveryRegistration
{
    /// <summary>Adds it.</summary>
    public static void AddDelivery(this IServiceCollection services)
    {
        services.AddSingleton<ConnectorTable>();
        services.AddSingleton<OutgoingMessages>();
        services.AddSingleton<DeliveryEngine>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryEngine>());
        services.AddSingleton<DestinationDesk>();
        services.AddSingleton<IntakeEngine>();
        services.AddHostedService(provider => provider.GetRequiredService<IntakeEngine>());
    }
}
