export { fetchOutbound, type FetchOutboundOptions } from './outbound/fetch-outbound';
export { OutboundGuard, type OutboundGuardOptions } from './outbound/outbound-guard';
export { allowOutbound, processGuard } from './outbound/process-guard';
export { createAuditAnchors, type AnchorSettings } from './anchor/create-anchors';
export { MailFolderChannel } from './email/mail-folder-channel';
export { SmtpChannel } from './email/smtp-channel';
export { type WebhookAddress } from './refund/webhook-address';
export { WebhookProvider, type WebhookProviderOptions } from './refund/webhook-provider';
export { StripeProvider, type StripeProviderOptions } from './stripe/stripe-provider';
export { compileTemplate, type CompiledTemplate } from './template/compile-template';
export { type TemplateProblem } from './template/template-problem';
export { previewTemplate, type TemplatePreview } from './template/preview-template';
export { LiquidMessageRenderer } from './template/render-template';
export { type TemplateChannel, type TemplateDocument } from './template/template-document';
export { type TemplateVariable } from './template/template-variables';
export {
  createMessageChannels,
  createPayoutProviders,
  type MessageSettings,
  type PayoutSettings,
} from './set-up';
