using DToC.Api;
using DToC.Embedded;
using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Http;
using DToC.Http.Access;
using DToC.Http.Demo;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;

const int UsageFault = 2;

var (switches, fault) = Switches.Parse(args);
if (switches.Help)
{
    Console.WriteLine(Switches.Usage);
    return 0;
}
if (fault is not null) return Refuse($"{fault}{Environment.NewLine}{Switches.Usage}");
var (plan, definitionFault) = ChosenDefinition.Load(switches.Definition ?? ShippedDefinitions.Default);
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
var embedded = new EmbeddedOptions
{
    DataFolder = dataFolder,
    Catalog = TwinGrains.Catalog(),
    InitialPlan = plan,
    LoadPlan = TwinPlan.LoadKept,
    CheckpointPages = switches.LogPages,
};
if (switches.StateMemoryBytes is { } stateMemory) embedded = embedded with { MemoryLimitBytes = stateMemory };
try
{
    embedded = embedded with
    {
        MasterKey = MasterKey.Find(switches.MasterKeyFile),
        FormerMasterKey = switches.FormerMasterKeyFile is { } former ? MasterKey.FromFile(former) : null,
    };
}
catch (IOException exception)
{
    return Refuse(exception.Message);
}
builder.Services.AddEmbeddedHost(_ => embedded);
builder.Services.AddHttpApi(switches.Http);
if (switches.Demo) builder.Services.AddDemoTraffic(new DemoOptions());

await using var app = builder.Build();
try
{
    var host = app.Services.GetRequiredService<ITwinHost>();
    if (switches.Definition is not null && host.Plans.Current.Hash != plan.Hash)
    {
        await host.ReplaceDefinitionAsync(plan, CancellationToken.None);
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
