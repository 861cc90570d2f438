export { isAddress } from './email/compose-email';
export { MailFolderChannel } from './email/mail-folder-channel';
export { SmtpChannel } from './email/smtp-channel';
export { parseWebhookAddress, type WebhookAddress } from './refund/webhook-address';
export { WebhookProvider, type WebhookProviderOptions } from './refund/webhook-provider';
export { compileTemplate, type CompiledTemplate } from './template/compile-template';
export { type TemplateProblem } from './template/template-problem';
export { previewTemplate, type TemplatePreview } from './template/preview-template';
export { LiquidMessageRenderer, renderTemplate } from './template/render-template';
export { type TemplateChannel, type TemplateDocument } from './template/template-document';
export {
  allowedVariables,
  TEMPLATE_VARIABLES,
  type TemplateVariable,
} from './template/template-variables';
export {
  createMessageChannels,
  createPayoutProviders,
  type MessageSettings,
  type PayoutSettings,
} from './set-up';
