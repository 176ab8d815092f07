using DToC.Api;
using DToC.Embedded;
using DToC.Grains;
using DToC.Http;
using DToC.Http.Access;
using DToC.Http.Demo;
using DToC.Twin.Definitions;

const int UsageFault = 2;

var (switches, fault) = Switches.Parse(args);
if (switches.Help)
{
    Console.WriteLine(Switches.Usage);
    return 0;
}
if (fault is not null) return Refuse($"{fault}{Environment.NewLine}{Switches.Usage}");
var (plan, definitionFault) = ChosenDefinition.Load(
    switches.Definition ?? ShippedDefinitions.Default, switches.Lexicons);
if (plan is null) return Refuse(definitionFault);

// Settings are read once: watching their files would be told of every write to a data folder beside them.
var builder = WebApplication.CreateBuilder(
    new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
var addresses = ListenAddresses.Of(switches.Urls, builder.Configuration);
if (ListenAddresses.Fault(addresses, switches.AllowInsecureRemote) is { } addressFault)
{
    return Refuse(addressFault);
}

var dataFolder = Path.GetFullPath(switches.DataFolder);
builder.WebHost.UseUrls([.. addresses]);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
var (embedded, folderFault) = ChosenFolder.Options(switches, dataFolder, plan);
if (embedded is null) return Refuse(folderFault);
builder.Services.AddEmbeddedHost(_ => embedded);
builder.Services.AddHttpApi(switches.Http);
builder.Services.AddSingleton(provider => switches.Http with
{
    IdentifierKey = provider.GetRequiredService<EmbeddedHost>().IdentifierKey,
});
if (switches.Demo) builder.Services.AddDemoTraffic(new DemoOptions());

await using var app = builder.Build();
try
{
    var host = app.Services.GetRequiredService<ITwinHost>();
    if (switches.Definition is { } chosen && host.Plans.Current.Hash != plan.Hash)
    {
        var (whole, misfit) = ChosenDefinition.InPlaceOf(host.Plans.Current, plan, chosen);
        if (whole is null) return Refuse(misfit);
        if (host.Plans.Current.Hash != whole.Hash)
            await host.ReplaceDefinitionAsync(whole, CancellationToken.None);
    }
    var adminKey = await app.Services.GetRequiredService<KeyRing>()
        .EnsureAdminAsync(Environment.GetEnvironmentVariable("DTOC_ADMIN_KEY"), CancellationToken.None);
    app.MapHttpApi();
    await app.StartAsync();
    Greeting.Print(app.Urls, dataFolder, host.Plans.Current, adminKey);
}
catch (Exception exception) when (
    exception is IOException or InvalidDataException or ArgumentException or InvalidOperationException)
{
    return Refuse(exception.Message);
}
await app.WaitForShutdownAsync();
return 0;

static int Refuse(string? message)
{
    Console.Error.WriteLine(message);
    return UsageFault;
}
