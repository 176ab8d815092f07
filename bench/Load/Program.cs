// The load driver: prints `name: value` lines of what this machine does with this build.
using System.CommandLine;
using DToC.Load;
using DToC.Load.Server;

if (args is [BareServer.Verb, var address]) return await BareServer.RunAsync(address, CancellationToken.None);
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await CommandLine.Root().Parse(args).InvokeAsync(configuration);
