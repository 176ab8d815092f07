using DToC.Cli.Commands;

return await Root.Run(args);
