using Cki.Adapters;
using Cki.WebhookIntake;

return await LambdaWorld.RunAsync(start =>
{
    IntakeEndpoints intake = WebhookIntakeStage.Compose(start.Ports, start.Logs, HttpApiDoor.Options);
    return new FunctionRoutes(intake.Stage) { HttpApi = new HttpApiDoor(intake.Door).AnswerAsync };
});
